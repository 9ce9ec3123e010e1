"""What a trouble report says of symptom, cause, action and prevention."""
