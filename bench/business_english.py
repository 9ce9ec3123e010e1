"""English documents of Japanese companies for the generated business set."""

# ruff: noqa: E501 - one template or value per line reads better than pieces of it

TEXTS: dict[str, list[str]] = {
    "en_mail": [
        "Subject: Re: Purchase order {order}\n\nDear Mr. {english#1},\n\nThank you for your order of {d|3} units. {english#2} from our Osaka branch will call you.\n\nBest regards,\n{english#9}\nSales Dept.\nTel: {intl}\nE-mail: {mail}\n",
        "Hi {english#1},\n\nPlease send the signed copy to {mail} or call me at {intl}. Our address is {en_address}.\n\nThanks,\n{english#2}",
    ],
    "en_hr": [
        "Employee onboarding\nName: {english}\nDate of birth: {en_birth}\nAddress: {en_address}\nMy Number (Individual Number): {mynumber}\nPassport No.: {passport}\nEmployee ID: {emp}\nResidence card number: {residence}",
        "Medical leave request\nEmployee: {english} ({emp})\nReason: {en_care|diagnosed with }\nPeriod: {date} - {date}\nContact: {intl}",
    ],
    "en_ticket": [
        "Ticket {order}\nReporter: {english} <{mail}>\nThe server {ip} rejects the login.\nPassword: {password}\nPlease rotate it after the fix.",
        "Runbook: export {l_key}={secret}\nthen run ./deploy.sh against {connection}\n",
    ],
    "en_minutes": [
        "{en_marking}\nMeeting minutes\nAttendees: {english#1}, {english#2} and {english#3}\n1. {english#1} reported sales of JPY {yen}.\n2. Next meeting: {date}.",
    ],
    "en_payment": [
        "Refund request: card number {card}, cardholder {english}. Amount JPY {yen}. Reference {d|12}.",
        "Name,Email,Phone\n{english#1},{mail#1},{intl#1}\n{english#2},{mail#2},{intl#2}\n{english#3},{mail#3},{intl#3}\n",
    ],
}  # fmt: skip

CLEAN: dict[str, list[str]] = {
    "en_spec": [
        "Technical specification\nRated voltage: {float} V. Mass: {float} kg. Firmware {ver}.\nPart number {partno}, JAN {jan}.\nComplies with ISO 9001:2015.",
        "Release notes {ver}\n- fixed a crash in the Osaka time zone\n- build {sha|12}, request {uuid}\n",
    ],
    "en_policy": [
        "Information security policy\nPasswords must have at least 12 characters. Never store an API key in source code. Documents marked confidential must not leave the company.",
        "Privacy notice: we collect names, addresses, passport numbers and health information only with consent.",
    ],
    "en_report": [
        "Quarterly report: sales in Tokyo grew {float}%, in Osaka {float}%. Matsushita Electric and Honda Motor are the largest customers. Total JPY {yen} million.",
        "Order list\n{order}, {d|12}, {d|3} units\n{order}, {slip_valid}, {d|2} units\nShipped from Nagoya via Yokohama.",
    ],
    "en_code": ["api_key = \"YOUR_API_KEY\"\npassword = getpass()\nsha256 = \"{sha}\"\n# see the README for the order of steps\n"],
}  # fmt: skip
