"""What comes next: the BPMN definitions, the engine that moves a token, and the steps that join it to the law.

SpiffWorkflow is imported by ``engine``, ``definitions`` and ``decisions`` only.
"""
