// Name: Nobody hears of a failure
// Says: your task marks its exception as seen, although nobody has asked for it: the failure is
//   lost without a trace
// Caught-by: Step2_OneStep.AFailureThatNobodyAsksForIsReported

template <class T>
void TaskState<T>::settle_failure() {
  try {
    std::rethrow_exception(this->result_.exception());
  } catch (const CancelledError&) {
    this->result_.clear();
    this->complete(FutureBase::Status::cancelled);
  } catch (const FatalError&) {
    this->mark_retrieved();  // run() throws it
    this->complete(FutureBase::Status::finished);
    throw;
  } catch (...) {
    this->mark_retrieved();
    this->complete(FutureBase::Status::finished);
  }
}
