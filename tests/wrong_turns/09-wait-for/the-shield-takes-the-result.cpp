// Name: Moving the result out of the task behind a shield
// Says: your shield moves the result out of the inner task: whoever holds the task finds nothing
//   there
// Caught-by: Step4_Shield.OfSomethingDoneIsDone

//: 9.4
template <class A, class Handle>
void ShieldState<A, Handle>::inner_done() {
  if (this->done()) return;
  if (inner_.cancelled()) {
    FutureBase::cancel();
  } else if (const auto failure = inner_.exception()) {
    this->set_exception(failure);
  } else {
    this->adopt_result(std::move(inner_.state().result()));
  }
}
