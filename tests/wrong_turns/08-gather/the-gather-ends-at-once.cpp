// Name: A cancelled gather ends at once
// Says: your gather ends in the call that asks its children, before any of them has stopped
// Caught-by: Step3_Cancel.ReachesEveryChildThatIsNotDone

//: 8.3
inline bool GatherCore::cancel_children() {
  bool any = false;
  for (std::size_t i = 0; i < count_; ++i) {
    if (hooks_[i].child().cancel()) any = true;
  }
  if (any) {
    fail(std::make_exception_ptr(CancelledError()));
    let_go();
  }
  return any;
}
