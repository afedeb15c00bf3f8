/* SPDX-License-Identifier: MIT */
/* Modules: the program, this library under the names of the DLLs whose functions it has, and Linux's shared objects. */
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <windows.h>

#include "wincommon/utf.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/text.h"

static const char *const own_names[] = {"advapi32", "cfgmgr32", "kernel32", "kernelbase",
					"ntdll",    "setupapi", "user32"};

/* A handle is the address of one of these: what is none is known as such. */
struct module {
	struct HINSTANCE__ handle;
	struct module *next;
	void *object; /* dlopen()'s; of the first two NULL until somebody asks for a function */
	unsigned int loads; /* LoadLibrary()'s that no FreeLibrary() has met */
};

/* Protects the list and what its modules hold. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct module program;
static struct module library = {.next = &program};
static struct module *modules = &library;

static bool is_own_name(const char *name)
{
	const char *slash = strrchr(name, '/'), *backslash = strrchr(name, '\\');
	const char *base = backslash > slash ? backslash + 1 : slash ? slash + 1 : name;

	for (size_t i = 0; i < ARRAYSIZE(own_names); i++) {
		size_t length = strlen(own_names[i]);

		if (!strncasecmp(base, own_names[i], length) &&
		    (!base[length] || !strcasecmp(base + length, ".dll")))
			return true;
	}
	return false;
}

static bool is_always_there(const struct module *module)
{
	return module == &program || module == &library;
}

/* Where a handle's module is in the list; NULL is there for what is none. */
static struct module **find(HMODULE handle)
{
	struct module **link = &modules;

	while (*link && &(*link)->handle != handle)
		link = &(*link)->next;
	return link;
}

/* The module of an object; takes its reference over. NULL without memory. */
static HMODULE adopt(void *object, unsigned int loads)
{
	pthread_mutex_lock(&lock);
	struct module *module = modules;
	while (module && module->object != object)
		module = module->next;
	if (module) {
		dlclose(object); /* the module has one already */
	} else if ((module = calloc(1, sizeof(*module)))) {
		module->object = object;
		module->next = modules;
		modules = module;
	}
	if (module)
		module->loads += loads;
	pthread_mutex_unlock(&lock);
	if (module)
		return &module->handle;
	dlclose(object);
	pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	return NULL;
}

PNPN_EXPORT HMODULE WINAPI LoadLibraryExA(LPCSTR name, HANDLE file, DWORD flags)
{
	const DWORD as_data = DONT_RESOLVE_DLL_REFERENCES | LOAD_LIBRARY_AS_DATAFILE |
			      LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE | LOAD_LIBRARY_AS_IMAGE_RESOURCE;

	if (!name || !*name || file || flags & as_data) {
		pnpn_fail(flags & as_data ? ERROR_NOT_SUPPORTED : ERROR_INVALID_PARAMETER);
		return NULL;
	}
	if (is_own_name(name))
		return &library.handle;
	void *object = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	if (object)
		return adopt(object, 1);
	pnpn_fail(ERROR_MOD_NOT_FOUND);
	return NULL;
}

PNPN_EXPORT HMODULE WINAPI LoadLibraryExW(LPCWSTR name, HANDLE file, DWORD flags)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(name, &narrow)) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	HMODULE module = LoadLibraryExA(narrow, file, flags);
	free(narrow);
	return module;
}

PNPN_EXPORT HMODULE WINAPI LoadLibraryA(LPCSTR name)
{
	return LoadLibraryExA(name, NULL, 0);
}

PNPN_EXPORT HMODULE WINAPI LoadLibraryW(LPCWSTR name)
{
	return LoadLibraryExW(name, NULL, 0);
}

PNPN_EXPORT BOOL WINAPI FreeLibrary(HMODULE handle)
{
	pthread_mutex_lock(&lock);
	struct module **link = find(handle), *module = *link;
	bool known = module && (is_always_there(module) || module->loads);
	bool last = known && !is_always_there(module) && !--module->loads;
	if (last)
		*link = module->next;
	pthread_mutex_unlock(&lock);
	/* The object's own functions run: without the lock. */
	if (last) {
		dlclose(module->object);
		free(module);
	}
	return known ? TRUE : pnpn_fail(ERROR_MOD_NOT_FOUND);
}

PNPN_EXPORT void WINAPI FreeLibraryAndExitThread(HMODULE module, DWORD code)
{
	(void)FreeLibrary(module);
	ExitThread(code);
}

PNPN_EXPORT HMODULE WINAPI GetModuleHandleA(LPCSTR name)
{
	if (!name)
		return &program.handle;
	if (is_own_name(name))
		return &library.handle;
	void *object = *name ? dlopen(name, RTLD_LAZY | RTLD_NOLOAD) : NULL;
	if (object)
		return adopt(object, 0);
	pnpn_fail(ERROR_MOD_NOT_FOUND);
	return NULL;
}

PNPN_EXPORT HMODULE WINAPI GetModuleHandleW(LPCWSTR name)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(name, &narrow)) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	HMODULE module = GetModuleHandleA(narrow);
	free(narrow);
	return module;
}

/* --- of an address ---------------------------------------------------------------------------------- */

/* The object that holds it, with a reference. NULL for what is in none. */
static void *object_at(const void *address, struct link_map **ret_map)
{
	Dl_info info;

	if (!dladdr1(address, &info, (void **)ret_map, RTLD_DL_LINKMAP))
		return NULL;
	/* The program's name is empty there. */
	return dlopen(*(*ret_map)->l_name ? (*ret_map)->l_name : NULL, RTLD_LAZY | RTLD_NOLOAD);
}

static HMODULE module_at(const void *address, unsigned int loads)
{
	struct link_map *map, *own;
	Dl_info info;
	void *object = object_at(address, &map);

	if (!object) {
		pnpn_fail(ERROR_MOD_NOT_FOUND);
		return NULL;
	}
	bool is_own = dladdr1((void *)object_at, &info, (void **)&own, RTLD_DL_LINKMAP) &&
		      own == map;
	if (!is_own && *map->l_name)
		return adopt(object, loads);
	dlclose(object);
	return is_own ? &library.handle : &program.handle;
}

/* One that is held for good is as one that is loaded and never freed. */
PNPN_EXPORT WINBOOL WINAPI GetModuleHandleExA(DWORD flags, LPCSTR name, HMODULE *ret_module)
{
	const DWORD known = GET_MODULE_HANDLE_EX_FLAG_PIN |
			    GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT |
			    GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;
	bool counts = !(flags & GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT);

	if (!ret_module || flags & ~known)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	if (flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS)
		*ret_module = module_at(name, counts);
	else if ((*ret_module = GetModuleHandleA(name)) && name && counts)
		*ret_module = LoadLibraryA(name);
	return *ret_module != NULL;
}

PNPN_EXPORT WINBOOL WINAPI GetModuleHandleExW(DWORD flags, LPCWSTR name, HMODULE *ret_module)
{
	char *narrow;

	if (flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS)
		return GetModuleHandleExA(flags, (LPCSTR)name, ret_module);
	if (!pnpn_utf_narrow_optional(name, &narrow))
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	BOOL found = GetModuleHandleExA(flags, narrow, ret_module);
	free(narrow);
	return found;
}

/* --- functions ------------------------------------------------------------------------------------ */

/* What dlopen() gives for this very library. */
static void *open_own(void)
{
	Dl_info info;

	return dladdr((void *)GetModuleHandleA, &info) ? dlopen(info.dli_fname, RTLD_LAZY) : NULL;
}

/* A known module's object; NULL for what is no module. */
static void *object_of(HMODULE handle)
{
	void *object = NULL;

	pthread_mutex_lock(&lock);
	struct module *module = *find(handle);
	if (module && !module->object)
		module->object = module == &program ? dlopen(NULL, RTLD_LAZY) : open_own();
	if (module)
		object = module->object;
	pthread_mutex_unlock(&lock);
	if (!object)
		pnpn_fail(ERROR_MOD_NOT_FOUND);
	return object;
}

/* A module has what it defines, not what it uses. */
static bool defines(void *object, void *function)
{
	struct link_map *map, *place;
	Dl_info info;

	return !dlinfo(object, RTLD_DI_LINKMAP, &map) &&
	       dladdr1(function, &info, (void **)&place, RTLD_DL_LINKMAP) && map == place;
}

PNPN_EXPORT FARPROC WINAPI GetProcAddress(HMODULE module, LPCSTR name)
{
	void *object = object_of(module), *function = NULL;

	if (!object)
		return NULL;
	if ((ULONG_PTR)name > 0xffff) /* no numbers in ELF */
		function = dlsym(object, name);
	if (function && !defines(object, function))
		function = NULL;
	if (!function)
		pnpn_fail(ERROR_PROC_NOT_FOUND);
	return (FARPROC)function;
}

/* --- files ---------------------------------------------------------------------------------------- */

/* Where a module's file is, the caller's. NULL, last error set. */
static char *file_of(HMODULE handle)
{
	char *name = NULL;
	struct link_map *map;

	if (!handle || handle == &program.handle) {
		name = realpath("/proc/self/exe", NULL);
	} else {
		void *object = object_of(handle);
		if (!object)
			return NULL;
		name = dlinfo(object, RTLD_DI_LINKMAP, &map) ? NULL : realpath(map->l_name, NULL);
	}
	if (!name)
		pnpn_fail(ERROR_MOD_NOT_FOUND);
	return name;
}

/* What does not fit is cut, and said. */
static DWORD give_file_name(HMODULE module, void *to, DWORD room, BOOL wide)
{
	char *name = file_of(module);

	if (!name)
		return 0;
	pnpn_fail(ERROR_SUCCESS);
	DWORD given = room ? pnpn_text_give(name, to, room, wide) : 1;
	if (given >= room) {
		if (room)
			(void)pnpn_text_give_cut(name, to, room, wide);
		pnpn_fail(ERROR_INSUFFICIENT_BUFFER);
		given = room;
	}
	free(name);
	return given;
}

PNPN_EXPORT DWORD WINAPI GetModuleFileNameA(HMODULE module, LPSTR to, DWORD room)
{
	return give_file_name(module, to, room, FALSE);
}

PNPN_EXPORT DWORD WINAPI GetModuleFileNameW(HMODULE module, LPWSTR to, DWORD room)
{
	return give_file_name(module, to, room, TRUE);
}

/* There are no such calls that could be left out. */
PNPN_EXPORT WINBOOL WINAPI DisableThreadLibraryCalls(HMODULE module)
{
	return object_of(module) ? TRUE : FALSE;
}
