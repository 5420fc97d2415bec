// Name: The hook of a cancelled shield stays
// Says: your shield is cancelled and still listens to its task: when that ends, the shield is to be
//   completed a second time
// Caught-by: Step4_Shield.ALateFailureIsReportedOnce

//: 9.4
template <class A, class Handle>
bool ShieldState<A, Handle>::cancel() {
  if (!FutureBase::cancel()) return false;
  report_failure_of(inner_);
  return true;
}
