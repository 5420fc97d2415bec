// Name: Leaves the pipes open
// Says: your kill() ends the child, and whoever else reads from its pipes waits for the end
// Caught-by: Step4_Child.ItsPipesAreClosedAtOnce

//: 14.4
inline void ChildProcess::kill() noexcept {
  if (has_ended()) return;
  if (leads_group_) child_.send_to_group(SIGKILL);
  child_.send(SIGKILL);
}
