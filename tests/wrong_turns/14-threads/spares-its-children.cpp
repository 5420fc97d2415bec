// Name: Spares its children
// Says: your kill() ends the child that leads a group, and the others of the group run on
// Caught-by: Step4_Child.TakesItsGroupAlong

//: 14.4
inline void ChildProcess::kill() noexcept {
  if (!has_ended()) child_.send(SIGKILL);
  for (auto* stream : {&input, &output, &errors}) {
    if (*stream) (*stream)->state().abort();
  }
}
