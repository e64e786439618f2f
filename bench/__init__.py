"""What Parley costs, measured from outside over the public protocol."""
