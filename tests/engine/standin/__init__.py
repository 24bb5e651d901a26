"""A Pulumi resource provider that stands in for AWS and other clouds: real protocol, no cloud."""
