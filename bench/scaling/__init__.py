"""How many machines so many people need: arithmetic, a simulation of the hot room, and the page they make."""
