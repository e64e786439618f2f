"""The faces: how people and programs reach a node. None knows another; the commands start them."""
