import pytest

from tests.conftest import Api
from tests.picking.scene import Scene, a_scene
from wms.db.tx import Database


@pytest.fixture
async def scene(db: Database, anonymous: Api) -> Scene:
    """A warehouse, a shop, a picker and a supervisor of the test's own."""
    return await a_scene(db, anonymous)
