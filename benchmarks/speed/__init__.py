"""What the speed benchmark is made of."""
