"""What re-planning is worth: the same night with and without it, when answers come out longer than planned."""
