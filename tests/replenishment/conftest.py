import pytest

from tests.conftest import Api
from tests.replenishment.scene import Faces, some_faces
from wms.db.tx import Database


@pytest.fixture
async def faces(db: Database, anonymous: Api) -> Faces:
    return await some_faces(db, anonymous)
