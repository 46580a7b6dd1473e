"""FastAPI with pydantic and a pool of asyncpg, as their documentation has it; the token is looked up as DRF does."""

import json
import os
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import APIKeyHeader

from products import Product

COLUMNS = list(Product.model_fields)
NUMBERS = ", ".join(f"${number}" for number in range(1, len(COLUMNS) + 1))
INSERT = f"""
    INSERT INTO catalogue_product ({", ".join(COLUMNS)}, created_at, updated_at)
    VALUES ({NUMBERS}, now(), now()) RETURNING id
"""  # noqa: S608 (the columns are the model's)
USER = "SELECT user_id FROM authtoken_token WHERE key = $1"


async def decode_json(connection):
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


@asynccontextmanager
async def lifespan(app):
    options = {"host": os.environ["PGHOST"], "user": os.environ["PGUSER"], "database": "peers"}
    async with asyncpg.create_pool(init=decode_json, **options) as app.state.pool:
        yield


app = FastAPI(lifespan=lifespan)


async def connection():
    async with app.state.pool.acquire() as acquired:
        yield acquired


Connection = Annotated[asyncpg.Connection, Depends(connection)]


async def user(database: Connection, token: Annotated[str, Depends(APIKeyHeader(name="X-API-Key"))]):
    found = await database.fetchval(USER, token)
    if found is None:
        raise HTTPException(401)
    return found


@app.post("/products/", status_code=201, dependencies=[Depends(user)])
async def create(product: Product, database: Connection):
    try:
        number = await database.fetchval(INSERT, *product.model_dump().values())
    except asyncpg.UniqueViolationError as exc:
        raise HTTPException(400, "There is a product with this sku.") from exc
    return {"id": number}


if __name__ == "__main__":
    workers = int(os.environ.get("WEB_WORKERS", "2"))
    uvicorn.run("fast:app", port=int(os.environ["PORT"]), workers=workers, log_level="warning")
