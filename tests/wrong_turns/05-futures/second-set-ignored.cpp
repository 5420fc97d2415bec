// Name: A second result is ignored
// Says: your future takes a second result without a word, so whoever came too late believes that it
//   was heard
// From: JavaScript's promises, whose second resolve() does nothing and says nothing
// Caught-by: Step1_Outcome.ThereIsOnlyOne, Step1_Outcome.AnExceptionIsOneToo,
//   Step1_Outcome.AFailureIsFinal, Step4_Cancel.NobodyCanSetItAnyMore

//: 5.1
template <class T, class Base>
template <class... Args>
void WithResult<T, Base>::set_result(Args&&... args) {
  if (this->done()) return;
  result_.emplace(std::forward<Args>(args)...);
  this->complete(Base::Status::finished);
}

//: 5.1
template <class T, class Base>
void WithResult<T, Base>::set_exception(std::exception_ptr exception) {
  if (exception == nullptr) throw std::invalid_argument("set_exception: null is no exception");
  if (this->done()) return;
  result_.set_exception(std::move(exception));
  this->complete(Base::Status::finished);
}
