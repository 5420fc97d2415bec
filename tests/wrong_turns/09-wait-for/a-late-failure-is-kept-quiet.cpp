// Name: A failure behind a shield that nobody hears of
// Says: your cancelled shield forgets its task: when that fails later, nobody is told
// Caught-by: Step4_Shield.ALateFailureIsReportedOnce

//: 9.4
template <class A, class Handle>
bool ShieldState<A, Handle>::cancel() {
  if (!FutureBase::cancel()) return false;
  hook_.unlink();
  return true;
}
