// Passkeys: the browser's own ceremony, between the options that the page carries and the hidden field that it sends.
const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const bytes = (given) => Uint8Array.from(atob(given.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0))
const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }))

function told (credential) {
  const { response } = credential
  const answer = { clientDataJSON: text(response.clientDataJSON) }
  for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (response[name]) answer[name] = text(response[name])
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    response: answer,
    clientExtensionResults: credential.getClientExtensionResults()
  }
}

async function made (options, alone) {
  const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: named(options.excludeCredentials) }
  publicKey.authenticatorSelection = {
    ...publicKey.authenticatorSelection,
    residentKey: alone ? 'required' : 'discouraged',
    requireResidentKey: alone,
    ...(alone ? { userVerification: 'required' } : {})
  }
  return navigator.credentials.create({ publicKey })
}

async function shown (options) {
  return navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) } })
}

async function ask (form) {
  if (form.dataset.optionsFrom) {
    const response = await fetch(form.dataset.optionsFrom, { headers: { Accept: 'application/json' } })
    if (!response.ok) throw new Error(response.statusText)
    return (await response.json()).request_options.publicKey
  }
  const data = JSON.parse(form.parentElement.querySelector('script[type="application/json"]').textContent)
  return (data.creation_options ?? data.request_options).publicKey
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const problem = form.querySelector('[data-problem]')
  if (!window.PublicKeyCredential) {
    problem.textContent = problem.dataset.missing
    problem.hidden = false
    continue
  }
  form.addEventListener('submit', async (event) => {
    const field = form.querySelector('input[name="credential"]')
    if (field.dataset.told) return
    event.preventDefault()
    problem.hidden = true
    try {
      const options = await ask(form)
      const alone = form.querySelector('input[name="passwordless"]')?.checked ?? false
      const credential = form.dataset.passkey === 'add' ? await made(options, alone) : await shown(options)
      field.value = JSON.stringify(told(credential))
      field.dataset.told = 'yes'
      form.submit()
    } catch (error) {
      console.warn(error)
      problem.textContent = problem.dataset.problem
      problem.hidden = false
      problem.focus()
    }
  })
}
