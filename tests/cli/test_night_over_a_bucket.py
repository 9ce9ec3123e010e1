"""A night over an S3 store that is not AWS: a real server, its own address and keys."""

from tests.s3_server import KEYS, admin_client


def test_a_bucket_is_read_as_its_register_says_and_only_what_changed_is_asked_again(house, s3_endpoint, tmp_path):
    client = admin_client(s3_endpoint)
    client.create_bucket(Bucket="night")
    client.put_object(Bucket="night", Key="inbox/見積 #1?.txt", Body="見積をお願いします。".encode())
    client.put_object(Bucket="night", Key="inbox/b.txt", Body="ポンプが止まりました。".encode())
    client.put_object(Bucket="night", Key="elsewhere/c.txt", Body="関係のない文書".encode())
    register = tmp_path / "sources.yaml"
    register.write_text("sources:\n  - {prefix: 's3://night/inbox/', level: confidential, department: 営業部}\n")
    identifier, secret = KEYS["owner"]
    house.environment |= {
        "AWS_ENDPOINT_URL_S3": s3_endpoint, "AWS_REGION": "us-east-1", "YAKIN_CATALOGUE": str(register),
        "AWS_ACCESS_KEY_ID": identifier, "AWS_SECRET_ACCESS_KEY": secret,
    }  # fmt: skip
    house.documents = "s3://night/inbox"

    first = house.run("--rehearsal")
    client.put_object(Bucket="night", Key="inbox/b.txt", Body="ポンプがまた止まりました。".encode())
    again = house.run("--rehearsal")

    assert first.code == 0, first.err
    assert first.object["documents"] == {"seen": 2, "answered": 2, "skipped": 0, "unanswered": 0}
    assert again.object["documents"] == {"seen": 2, "answered": 1, "skipped": 1, "unanswered": 0}, again.err
    rows = house.rows("select uri, level, department from bi.documents where is_current order by uri")
    assert rows == [
        ("s3://night/inbox/b.txt", "confidential", "営業部"),
        ("s3://night/inbox/見積 #1?.txt", "confidential", "営業部"),
    ]
