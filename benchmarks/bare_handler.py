"""The bare app on Lambda, with Mangum as its documentation has it."""

from mangum import Mangum

from benchmarks.bare_app import app

handler = Mangum(app, lifespan="off")
