"""ONE STEP each: ids in, ids and numbers out; policy in the decorator, one step in the body."""
