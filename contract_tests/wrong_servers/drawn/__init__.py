"""Conforming servers drawn by seed from every freedom that the contract leaves open."""
