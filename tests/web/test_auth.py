"""The door: signing in, what is refused, what an answer carries."""

import re

import pytest
from sqlalchemy import select

from approvals.tables import SignIn, Staff
from tests.centre import MONDAY as NOW
from web import create_app
from web.auth import safe_next
from web.demo.people import PASSWORD


def sign_in(client, login="linxiao", password=PASSWORD, path="/login"):
    return client.post(path, data={"login": login, "password": password})


def test_a_clerk_signs_in_and_out_and_the_cookie_is_worth_nothing_afterwards(client, app, reading):
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (302, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/password").status_code == 200
    copied = client.get_cookie("yimen").value
    assert client.post("/logout").status_code == 302
    thief = app.test_client()
    thief.set_cookie("yimen", copied)
    assert thief.get("/password").location.startswith("/login")
    assert reading.scalars(select(SignIn)).one().ended_at == NOW


def test_whatever_is_wrong_the_answer_is_the_same(client):
    answers = [
        sign_in(client, *who) for who in (("linxiao", "wrong"), ("nobody", "wrong"), ("nobody", PASSWORD))
    ]
    pages = {re.sub(r'value="[^"]*"|hx-headers=[^>]*', "", answer.text) for answer in answers}
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert len(pages) == 1
    assert "登录名或密码不对" in pages.pop()


def test_failures_are_counted_although_the_answer_is_a_refusal(client, reading):
    for _ in range(5):
        sign_in(client, password="wrong")
    assert reading.scalars(select(Staff).where(Staff.login == "linxiao")).one().locked_until > NOW
    assert sign_in(client).status_code == 401


def test_a_temporary_password_opens_only_the_page_that_changes_it(as_, session):
    staff = session.scalars(select(Staff).where(Staff.login == "admin")).one()
    staff.must_change_password = True
    session.commit()
    browser = as_("admin")
    assert browser.get("/admin/staff").location == "/password"
    wrong = browser.post("/password", data={"old": PASSWORD, "new": "a-new-long-one", "again": "another"})
    assert wrong.status_code == 422
    assert "两次输入的新密码不一样" in wrong.text
    right = browser.post(
        "/password", data={"old": PASSWORD, "new": "a-new-long-one", "again": "a-new-long-one"}
    )
    assert right.status_code == 302
    assert browser.get("/admin/staff").status_code == 200


def test_a_visitor_is_sent_to_sign_in_and_comes_back(client):
    asked = client.get("/admin/staff?q=x")
    assert asked.location == "/login?next=/admin/staff?q%3Dx"
    assert sign_in(client, "admin", path=asked.location).location == "/admin/staff?q=x"
    assert client.get("/admin/staff", headers={"HX-Request": "true"}).status_code == 200


def test_a_piece_asked_by_htmx_after_the_session_ended_sends_the_whole_page_to_sign_in(client):
    answer = client.get("/admin/staff", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/login")


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/a\n/b",
        "javascript:alert(1)",
        "",
        None,
        "/\t/e",
    ],
)
def test_next_never_leaves_the_site(app, target):
    with app.test_request_context():
        assert safe_next(target) == "/"


def test_another_post_is_refused_with_a_sentence(as_):
    answer = as_("linxiao").get("/admin/staff")
    assert answer.status_code == 403
    assert "您的岗位不能办理“系统管理”" in answer.text


def test_a_form_without_token_is_refused_and_the_sixteenth_try_in_a_minute_too(settings):
    app = create_app(settings, clock=lambda: NOW)
    client = app.test_client()
    refused = sign_in(client)
    assert refused.status_code == 400
    assert "页面已失效" in refused.text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)[0]
    data = {"login": "linxiao", "password": "wrong", "csrf_token": token}
    codes = [client.post("/login", data=data).status_code for _ in range(16)]
    assert codes.count(401) >= 14
    assert codes[-1] == 429
    assert client.post("/login", data=data).headers["Retry-After"] in ("58", "59", "60")


def test_every_answer_is_hardened_and_links_over_https_get_secure_cookies(client, settings):
    headers = client.get("/nothing").headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    fields = {name: getattr(settings, name) for name in settings.__slots__} | {
        "public_url": "https://yimen.example"
    }
    secure = create_app(type(settings)(**fields), clock=lambda: NOW).test_client()
    answer = secure.get("/login", base_url="https://yimen.example")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/nothing", "get", 404), ("/logout", "get", 405), ("/language/xx", "get", 404)],
)
def test_a_wrong_address_gets_a_page_with_a_way_on(client, path, method, status):
    answer = getattr(client, method)(path)
    assert answer.status_code == status
    assert 'href="/"' in answer.text
    assert "<h1>" in answer.text


def test_a_fault_of_ours_shows_no_trace_and_writes_nothing(app, as_, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("approvals.people.find_staff", broken)
    answer = as_("admin").get("/admin/staff")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    assert "没有写入任何内容" in answer.text


def test_the_language_is_one_click_away_and_kept(client):
    assert '<html lang="zh-CN"' in client.get("/login").text
    assert client.get("/language/en?next=/login").location == "/login"
    assert '<html lang="en"' in client.get("/login").text
    assert client.get("/language/zh?next=//evil.example").location == "/"
