// Name: Overwriting what was noted
// Says: your gather notes only the last request to stop, which comes too late, and forgets the one
//   that was taken
// Caught-by: Step3_Cancel.ASecondRequestDoesNotTakeTheFirstBack

//: 8.3
inline bool GatherCore::cancel_children() {
  bool any = false;
  for (std::size_t i = 0; i < count_; ++i) any |= hooks_[i].child().cancel();
  cancel_requested_ = any;
  return any;
}
