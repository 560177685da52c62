"""All tables in one metadata: what the migrations are compared with."""

from wms.carriers import models as _carriers
from wms.catalog import models as _catalog
from wms.counting import models as _counting
from wms.db.base import Base
from wms.events import models as _events
from wms.locations import models as _locations
from wms.orders import models as _orders
from wms.packing import models as _packing
from wms.people import models as _people
from wms.picking import models as _picking
from wms.printing import models as _printing
from wms.putaway import models as _putaway
from wms.receiving import models as _receiving
from wms.replenishment import models as _replenishment
from wms.returns import models as _returns
from wms.shipping import manifest_models as _manifests
from wms.shipping import models as _shipping
from wms.shops import models as _shops
from wms.stock import models as _stock

MODELS = (
    _carriers, _catalog, _counting, _events, _locations, _orders, _packing, _people, _picking, _printing, _putaway, _receiving,
    _replenishment, _returns, _shipping, _manifests,
    _shops, _stock,
)  # fmt: skip

metadata = Base.metadata
TENANT_TABLES = sorted(t.name for t in metadata.tables.values() if "shop_id" in t.primary_key.columns)
