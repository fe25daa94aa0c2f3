"""The demo centre: invented people and cases, driven through the real steps."""
