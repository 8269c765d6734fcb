"""Signing in and out, one's own account."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from registry.access.policy import public, signed_in
from registry.accounts import actions, carry_on, form_token, invitations, passwords, sessions
from registry.accounts.forms import ChangePasswordForm, OwnPasswordForm, SignInForm
from registry.accounts.models import User


@dataclass(frozen=True, slots=True)
class CarryOnPage:
    """What was typed before the session ended, ready to be sent."""

    title: str
    address: str
    fields: tuple[tuple[str, str], ...]


blueprint = Blueprint("accounts", __name__)

REFUSAL = "That e-mail address and password do not fit, or the account is closed for now"


@dataclass(frozen=True, slots=True)
class AccountPage:
    """What the pages of this blueprint print."""

    title: str
    form: SignInForm | ChangePasswordForm | OwnPasswordForm
    next_url: str = ""
    must_change: bool = False
    kept: carry_on.KeptForm | None = None

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public()
def sign_in() -> BaseResponse | tuple[str, int]:
    form = SignInForm()
    next_url = carry_on.safe_next(request.values.get("next", ""))
    if form.validate_on_submit():
        try:
            user, token = actions.sign_in(
                email=form.email.data or "", password=form.password.data or "", address=request.remote_addr or ""
            )
        except actions.SignInRefused:
            form.form_errors = [REFUSAL]
        else:
            form_token.renew(user)
            response = _welcome(user, next_url, carry_on.read(request))
            sessions.set_cookie(response, token)
            return response
    page = AccountPage(title="Sign in", form=form, next_url=next_url, kept=carry_on.read(request))
    return render_template("accounts/sign_in.html", page=page), 422 if form.errors else 200


def _welcome(user: User, next_url: str, kept: carry_on.KeptForm | None) -> Response:
    if user.must_change_password:
        return make_response(redirect(url_for("accounts.change_password"), 303))
    if kept is not None and next_url and carry_on.belongs_to(kept, user.id, address=next_url):
        page = CarryOnPage(title="Signed in again", address=next_url, fields=kept.fields)
        return make_response(render_template("accounts/carry_on.html", page=page))
    return make_response(redirect(next_url or url_for("accounts.start"), 303))


@blueprint.post("/sign-out")
@signed_in()
def sign_out() -> BaseResponse:
    session = sessions.current_session()
    if session is not None:
        actions.sign_out(session, by=current_user)
    return _signed_out()


@blueprint.post("/account/sign-out-everywhere")
@signed_in()
def sign_out_everywhere() -> BaseResponse:
    actions.sign_out_everywhere(current_user, by=current_user)
    return _signed_out()


def _signed_out() -> BaseResponse:
    form_token.forget()
    response = make_response(redirect(url_for("accounts.sign_in"), 303))
    sessions.clear_cookie(response)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.route("/account/password", methods=["GET", "POST"])
@signed_in()
def change_password() -> BaseResponse | tuple[str, int]:
    form = ChangePasswordForm()
    if form.validate_on_submit():
        if not passwords.is_right(form.current.data or "", current_user.password_hash):
            form.current.errors = ["This is not your current password"]
        else:
            try:
                actions.change_password(current_user, new_password=form.new.data or "", by=current_user)
            except actions.WeakPassword as problem:
                form.new.errors = [str(problem)]
            else:
                flash("Your password is changed. Sign in with it.", "success")
                return _signed_out()
    page = AccountPage(title="Your password", form=form, must_change=current_user.must_change_password)
    return render_template("accounts/change_password.html", page=page), 422 if form.errors else 200


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@public()
def take_up(token: str) -> BaseResponse | tuple[str, int]:
    """Whoever was invited sets their own password. The page says nothing of them: a link may be in wrong hands."""
    form, address = OwnPasswordForm(), request.remote_addr or ""
    try:
        if form.validate_on_submit():
            invitations.take_up(token, new_password=form.new.data or "", address=address)
            flash("Your password is set. Sign in with it and your e-mail address.", "success")
            return redirect(url_for("accounts.sign_in"), 303)
        invitations.open_link(token, address=address)
    except actions.WeakPassword as problem:
        form.new.errors = [str(problem)]
    except invitations.LinkNotValid:
        return render_template("accounts/link_not_valid.html"), 404
    page = AccountPage(title="Choose your password", form=form)
    return render_template("accounts/take_up.html", page=page), 422 if form.errors else 200


@blueprint.get("/account/stay")
@signed_in()
def stay() -> tuple[str, int]:
    """Opened by the warning that the session is about to end: somebody is there."""
    return "", 204


@blueprint.get("/")
@signed_in()
def start() -> BaseResponse:
    """The first page of whoever is signed in."""
    from registry.web.shell import first_page

    return redirect(first_page(current_user), 303)


def ask_to_sign_in() -> Response:
    """The answer to somebody not signed in: the sign-in page, which leads back here."""
    kept = carry_on.keep(request)
    target = carry_on.target(request)
    if kept is not None:
        page = AccountPage(title="Sign in", form=SignInForm(formdata=None), next_url=target, kept=kept)
        return make_response(render_template("accounts/sign_in.html", page=page), 401)
    return make_response(redirect(url_for("accounts.sign_in", next=target if request.method == "GET" else ""), 303))


def ask_to_send_again() -> Response | None:
    """The answer to a form this person left open over the end of a session; ``None`` for what is not theirs."""
    address, fields = carry_on.target(request), carry_on.typed(request)
    if "HX-Request" in request.headers:  # a part of a page has no room for a page
        return None
    if not (fields and address and current_user.is_authenticated and form_token.is_earlier(request, current_user.id)):
        return None
    page = CarryOnPage(title="Signed in again", address=address, fields=fields)
    return make_response(render_template("accounts/carry_on.html", page=page), 409)
