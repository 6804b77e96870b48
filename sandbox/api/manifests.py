"""apps.manifest.*: check an app manifest."""

from sandbox.api.args import Args
from sandbox.api.method import Method, ResultJson
from sandbox.errors import Refused
from sandbox.workspace.state import Workspace


def validate(workspace: Workspace, args: Args) -> ResultJson:
    from sandbox.limits.manifests import check_manifest  # only developing installs jsonschema

    if args.text("app_id", workspace.installation.app_id) != workspace.installation.app_id:
        raise Refused("invalid_app_id")
    args.required("manifest")
    problems = check_manifest(args.json_value("manifest"))
    if problems:
        errors = [{"message": each.text, "pointer": each.pointer} for each in problems]
        raise Refused("invalid_manifest", extra={"errors": errors})
    return {"errors": []}


METHODS = {"apps.manifest.validate": Method(validate, token="configuration")}
