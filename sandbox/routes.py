"""HTTP routes: Web API, Socket Mode, response URLs, uploads, files and the page."""

from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import Depends, FastAPI, Request, Response, WebSocket
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp

from sandbox.api.api_pipeline import ApiBackend, ApiReply, ApiRequest, call_method, handle_request
from sandbox.api.args import Args
from sandbox.api.response_urls import post_response
from sandbox.delivery.socket_mode import SocketHub
from sandbox.errors import Refused

# A site whose name comes to mean this machine would otherwise count as the page itself.
LOCAL_HOSTS = ("127.0.0.1", "localhost")


def build_app(backend: ApiBackend, hub: SocketHub, page: ASGIApp) -> FastAPI:
    """Build the app that serves one workspace; `page` gets what matches none of its routes."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOCAL_HOSTS)
    app.add_exception_handler(ClientDisconnect, _on_client_disconnect)
    _add_api(app, backend)
    _add_socket_mode(app, hub, backend.workspace.installation.app_id)
    _add_files(app, backend)
    app.router.default = page
    return app


async def read_args(request: Request) -> dict[str, Any]:
    """Read the arguments of a request from its query and its form, multipart or JSON body."""
    found: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/"):
        form = await request.form()
        return found | {k: v if isinstance(v, str) else await v.read() for k, v in form.items()}
    body = await request.body()
    if kind.startswith("application/json"):
        return found | (await request.json() if body else {})
    return found | dict(parse_qsl(body.decode(), keep_blank_values=True))


Fields = Annotated[dict[str, Any], Depends(read_args)]


async def read_bytes(request: Request) -> bytes:
    """Read the bytes of an upload, from the body or the first file of a form."""
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return await request.body()
    form = await request.form()
    files = [value for value in form.values() if not isinstance(value, str)]
    return await files[0].read() if files else b""


def _bearer(request: Request, fields: dict[str, Any]) -> str:
    header = request.headers.get("authorization", "")
    return header.removeprefix("Bearer ").strip() or str(fields.get("token", ""))


def _client(request: Request) -> tuple[str, int]:
    return (request.client.host, request.client.port) if request.client else ("", 0)


def _add_api(app: FastAPI, backend: ApiBackend) -> None:
    @app.api_route("/api/{method}", methods=["GET", "POST"])
    def web_api(method: str, request: Request, fields: Fields) -> Response:
        token = _bearer(request, fields)
        api_request = ApiRequest(method, Args(fields), token, _client(request))
        return _respond(call_method(backend, api_request))

    @app.post("/response/{ticket}")
    def response_url(ticket: str, request: Request, fields: Fields) -> Response:
        args = Args(fields)
        api_request = ApiRequest("response_url", args, "", _client(request))
        reply = handle_request(
            backend, api_request, lambda: post_response(backend.workspace, ticket, args)
        )
        return _respond(reply)


def _add_socket_mode(app: FastAPI, hub: SocketHub, app_id: str) -> None:
    @app.websocket("/link/")
    async def link(socket: WebSocket, ticket: str = "") -> None:
        await hub.serve(socket, ticket, app_id)


def _add_files(app: FastAPI, backend: ApiBackend) -> None:
    workspace = backend.workspace

    @app.post("/upload/{file_id}")
    def upload(
        file_id: str, request: Request, content: Annotated[bytes, Depends(read_bytes)]
    ) -> Response:
        def run() -> dict[str, Any]:
            file = workspace.files.get(file_id)
            if file is None or file.complete:
                raise Refused("file_not_found")
            file.content = content
            return {}

        args = Args({"file": file_id, "length": len(content)})
        return _respond(
            handle_request(backend, ApiRequest("upload", args, "", _client(request)), run)
        )

    @app.get("/files/{file_id}/{name}")
    def download(file_id: str, request: Request) -> Response:
        token = _bearer(request, {})
        # A browser that shows the page sends this header; the app has to send its token.
        if token != workspace.installation.bot_token and "sec-fetch-site" not in request.headers:
            return Response(status_code=403)
        file = workspace.files.get(file_id)
        if file is None or not file.content:
            return Response(status_code=404)
        return Response(file.content, media_type=file.mimetype)


def _on_client_disconnect(_request: Request, _error: Exception) -> Response:
    # The client has disconnected, so no one reads this response.
    return Response(status_code=400)


def _respond(reply: ApiReply) -> Response:
    return Response(reply.content, reply.status, dict(reply.headers), "application/json")
