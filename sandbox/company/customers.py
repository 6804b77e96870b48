"""The customers of the made-up company; every name is invented, every domain ends in .example."""

from sandbox.company.data_files import from_file, read
from sandbox.company.model import Customer


@from_file
class _Listed:
    name: str
    domain: str
    stage: str
    segment: str
    country: str
    size: str
    revenue: int
    potential: int
    brand: bool = False
    new_market: bool = False
    new_geography: bool = False


@from_file
class _Region:
    name: str
    owner: str
    customers: tuple[_Listed, ...]


@from_file
class _Regions:
    regions: tuple[_Region, ...]


def customers() -> tuple[Customer, ...]:
    """List all customers, region by region."""
    return tuple(
        _customer(listed, region)
        for region in read("customers", _Regions).regions
        for listed in region.customers
    )


def _customer(listed: _Listed, region: _Region) -> Customer:
    return Customer(
        name=listed.name,
        domain=listed.domain,
        stage=listed.stage,
        segment=listed.segment,
        region=region.name,
        country=listed.country,
        size=listed.size,
        revenue=listed.revenue * 1000,
        potential=listed.potential * 1000,
        brand=listed.brand,
        new_market=listed.new_market,
        new_geography=listed.new_geography,
        owner=region.owner,
    )
