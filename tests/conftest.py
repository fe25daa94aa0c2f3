"""What every test runs under."""

from hypothesis import settings

# Two test processes share few cores, so the time of one example says nothing about the code.
settings.register_profile("yimen", deadline=None, print_blob=True)
settings.load_profile("yimen")
