"""What the shop promises over HTTP, whatever runs it. docs/http-contract.md is made from here."""
