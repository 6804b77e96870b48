"""Routes of the page: what a person sees is here, what a person does is in `actions.py`."""

from functools import partial

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.page.actions import Actions
from sandbox.page.context import PageContext
from sandbox.page.message_rows import badge_of
from sandbox.page.page_state import HOME, build_page_state, find_channel, reader_for
from sandbox.page.rendering import HERE, render
from sandbox.page.safe_route import SafeRoute
from sandbox.page.time_format import moment
from sandbox.workspace.state import Workspace

WAIT_SECONDS = 20.0
HOME_WAIT_SECONDS = 0.3


class Page:
    """Handlers of the page's views: the list of people, and a place as it changes."""

    def __init__(self, context: PageContext) -> None:
        self._context = context
        self._workspace = context.workspace

    def choose(self, trouble: str = "", status: int = 200) -> HTMLResponse:
        """Return the list of all people to choose from, with what sets them apart."""
        users = self._workspace.people()
        readers = [reader_for(self._workspace, user) for user in users]
        html = render(
            "people.html",
            workspace_name=self._workspace.name,
            trouble=trouble,
            reader=readers[0] if readers else None,
            hints=self._workspace.hints if readers else (),
            people=[
                {"user": user, "badge": badge_of(user), "local": moment(reader.now, reader.zone)}
                for user, reader in zip(users, readers, strict=True)
            ],
        )
        return HTMLResponse(html, status)

    def start(self) -> HTMLResponse:
        return self.choose()

    def enter(self, user_id: str) -> Response:
        """Redirect to a person's first place, the conversation with the bot."""
        person = self._context.find_person(user_id)
        if person is None:
            return self.choose("There is nobody of that name here.", 404)
        return RedirectResponse(f"/as/{user_id}/{person.dm.id}", 303)

    def show(self, user_id: str, place: str) -> Response:
        """Return a whole page; for the Home, first tell the app that it was opened."""
        person = self._context.find_person(user_id)
        if person is None:
            return self.choose("There is nobody of that name here.", 404)
        channel = find_channel(self._workspace, person, place)
        if channel is None and place != HOME:
            return self.choose(f"{person.name} cannot see that place.", 404)
        if place == HOME and not person.user.deleted and self._workspace.installation.home_tab:
            person.open_home(timeout=HOME_WAIT_SECONDS)
        return HTMLResponse(
            render("page.html", look=build_page_state(self._context, person, channel))
        )

    def live(self, user_id: str, place: str, revision: int) -> Response:
        """Return the parts of the page once anything has changed, or after `WAIT_SECONDS`."""
        self._workspace.wait_for_change(revision, WAIT_SECONDS)
        person = self._context.find_person(user_id)
        if person is None:
            return Response(status_code=404)
        channel = find_channel(self._workspace, person, place)
        page_state = build_page_state(self._context, person, channel)
        return HTMLResponse(render("parts.html", look=page_state))


def _image(workspace: Workspace, file_id: str) -> Response:
    """Return an image that a block shows by its id; only the page requests it."""
    file = workspace.files.get(file_id)
    if file is None or not file.mimetype.startswith("image/"):
        return Response(status_code=404)
    headers = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'"}
    return Response(file.content, media_type=file.mimetype, headers=headers)


class PageApp:
    """The page as an ASGI app; its routes are built at the first request, not for every sandbox."""

    def __init__(self, context: PageContext) -> None:
        self._context = context
        self._router: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._router is None:
            self._router = _build_router(self._context)
        await self._router(scope, receive, send)


def _build_router(context: PageContext) -> APIRouter:
    page, acts = Page(context), Actions(context)
    router = APIRouter(route_class=SafeRoute, default_response_class=HTMLResponse)
    look, act = router.get, router.post
    look("/")(page.start)
    look("/as/{user_id}")(page.enter)
    look("/as/{user_id}/{place}")(page.show)
    look("/live/{user_id}/{place}")(page.live)
    look("/options/{user_id}")(acts.options)
    act("/do/{user_id}/{place}/say")(acts.say)
    act("/do/{user_id}/{place}/press")(acts.press)
    act("/do/{user_id}/{place}/submit")(acts.submit)
    act("/do/{user_id}/{place}/close")(acts.close)
    act("/do/{user_id}/{place}/shortcut")(acts.shortcut)
    act("/do/{user_id}/{place}/clock")(acts.move_clock)
    act("/attach/{user_id}")(acts.upload)
    look("/images/{file_id}")(partial(_image, context.workspace))
    router.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    return router
