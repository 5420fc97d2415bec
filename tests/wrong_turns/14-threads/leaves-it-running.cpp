// Name: Leaves it running
// Says: your kill() closes the pipes, and a child that reads nothing runs on
// Caught-by: Step4_Child.DiesWithItsProcess

//: 14.4
inline void ChildProcess::kill() noexcept {
  for (auto* stream : {&input, &output, &errors}) {
    if (*stream) (*stream)->state().abort();
  }
}
