// Name: Takes back anybody's request
// Says: your group takes back a request that it has not made
// Caught-by: Step3_Cancel.ReachesTheChildren, Step3_Cancel.ReachesTheBodyAndTheChildren

//: 15.2
inline void TaskGroup::settle_requests() {
  if (owner_.uncancel() == 0) cancelled_ = nullptr;
}
