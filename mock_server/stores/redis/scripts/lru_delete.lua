-- Deletes a member. ARGV: name, prefix.

delete(ARGV[1], ARGV[2])
