"""Paper: HTML from strict templates, PDF from WeasyPrint, with fonts that are checked beforehand.

Knows nothing of tables or sessions; ``approvals.documents`` numbers, stores and renders.
"""
