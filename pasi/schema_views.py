"""The OpenAPI document at /api/schema/ and a page to read it at /api/docs/; open to everybody."""

from functools import cache

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView


@cache
def document() -> dict:
    """The OpenAPI document; it does not change while the process lives."""
    return SchemaGenerator().get_schema(request=None, public=True)


class SchemaView(APIView):
    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (JSONRenderer, OpenApiJsonRenderer, OpenApiYamlRenderer)

    @extend_schema(exclude=True)
    def get(self, request) -> Response:
        return Response(document())


# The page styles itself from its script; nothing but that is loosened, and for it alone.
@method_decorator(
    csp_update({"style-src": ["'self'", "'unsafe-inline'"]}),
    name="dispatch",
)
class DocumentationView(SpectacularSwaggerSplitView):
    authentication_classes = ()
    permission_classes = ()
    url_name = "schema"
    title = "PASI"
