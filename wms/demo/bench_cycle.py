import msgspec


class Cycle(msgspec.Struct, tag="cycle"):
    port: int


async def run_cycle(job: Cycle) -> tuple[list[float], dict[str, float]]:
    return [], {}
