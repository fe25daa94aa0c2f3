"""The domain of the approval centre: what is lawful, on which date, on which paper.

Knows SQLAlchemy; knows neither Flask nor SpiffWorkflow. Every function takes the session and ``now``.
"""
