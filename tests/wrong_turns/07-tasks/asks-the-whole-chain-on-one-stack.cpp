// Name: A chain is asked on one stack
// Says: your cancel() calls pass_on() itself: in a long chain of tasks each request stands on the
//   stack of the one before
// Caught-by: Step6_Cancel.ALongChainIsNotAskedOnOneStack

//: 7.6
inline bool TaskBase::cancel() {
  if (done()) {
    mark_retrieved();
    return false;
  }
  if (home().is_closed()) return false;
  ++cancels_;
  pass_on();
  return true;
}
