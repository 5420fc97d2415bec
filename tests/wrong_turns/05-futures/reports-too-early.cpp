// Name: A failure is reported before anybody could ask
// Says: your future reports a failure in the moment in which it fails, though somebody may still
//   ask
// From: Node.js, which reports a rejection as unhandled and takes it back when somebody handles it
//   later
// Caught-by: Step5_Unretrieved.OnlyWhenTheLastHandleGoes,
//   Step5_Unretrieved.AFailureThatNobodyAskedForIsReported

//: 5.1
template <class T, class Base>
void WithResult<T, Base>::set_exception(std::exception_ptr exception) {
  if (exception == nullptr) throw std::invalid_argument("set_exception: null is no exception");
  this->check_pending("set_exception");
  result_.set_exception(std::move(exception));
  this->complete(Base::Status::finished);
  this->report_unretrieved(result_.exception());
}
