// Name: Asking only the first child that is not done
// Says: your gather stops asking after the first child that takes the request; the others go on
// Caught-by: Step3_Cancel.ReachesEveryChildThatIsNotDone

//: 8.3
inline bool GatherCore::cancel_children() {
  bool any = false;
  for (std::size_t i = 0; i < count_; ++i) any = any || hooks_[i].child().cancel();
  if (any) cancel_requested_ = true;
  return any;
}
