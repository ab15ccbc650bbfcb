"""The settings of a bench that asks more in a minute than anybody is let."""

from foia_tracker.settings import *  # noqa: F403
from foia_tracker.settings import API_A_MINUTE

API_A_MINUTE = dict.fromkeys(API_A_MINUTE, 10**9)
