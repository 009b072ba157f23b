"""In which order to extract the services, and the work in each step."""

from decompose.plan.order import make_plan

__all__ = ["make_plan"]
