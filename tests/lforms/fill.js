// Has LHC-Forms work out what we left out of a response: every item with a calculated expression.
"use strict";

// After a response is merged LHC-Forms takes a calculated value that is missing for one a person took away, and leaves
// it so. `hasSavedData` is what makes it think so.
async function filled(questionnaire, response) {
  const host = document.getElementById("form");
  host.replaceChildren();
  const empty = LForms.Util.convertFHIRQuestionnaireToLForms(questionnaire, "R4");
  const form = LForms.Util.mergeFHIRDataIntoLForms("QuestionnaireResponse", response, empty, "R4");
  form.hasSavedData = false;
  await LForms.Util.addFormToPage(form, host, { prepopulate: false });
  const shown = host.querySelector("wc-lhc-form").lhcFormData;
  await shown._expressionProcessor.runCalculations(false);
  return LForms.Util.getFormFHIRData("QuestionnaireResponse", "R4", host);
}

// Every response as LHC-Forms leaves it: what it kept of the answers, and the scores it came to.
async function fillAll(questionnaire, responses) {
  const all = [];
  for (const response of responses) {
    all.push(await filled(questionnaire, response));
  }
  return all;
}

function isReady() {
  return Boolean(window.LForms && LForms.Util && LForms.FHIR && LForms.FHIR.R4);
}
