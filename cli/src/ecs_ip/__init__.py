"""The command `ecs-ip`: ask which ECS task holds an IP address, and which one held it then."""

__version__ = "0.1.0"
