"""A public page of a permit, as it is sent."""

from flask import Response, make_response, render_template


def page(template: str, status: int, **shown: object) -> Response:
    """A page that no search engine keeps."""
    response = make_response(render_template(template, **shown), status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
