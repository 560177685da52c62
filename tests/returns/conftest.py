import pytest

from tests.conftest import Api
from tests.returns.world import World, a_world
from wms.db.tx import Database


@pytest.fixture
async def w(anonymous: Api, db: Database) -> World:
    return await a_world(anonymous, db)
