"""Everything that comes from the theme, django-unfold, under names of ours.

No other module imports from it, so that another theme would touch this file, the settings UNFOLD
and the templates.
"""

from unfold import admin, dataclasses, forms, sites, widgets

ThemedSite = sites.UnfoldAdminSite
ModelAdmin = admin.ModelAdmin
TabularInline = admin.TabularInline
SearchResult = dataclasses.SearchResult

PasswordForm = forms.AuthenticationForm
OwnPasswordForm = forms.AdminOwnPasswordChangeForm
OthersPasswordForm = forms.AdminPasswordChangeForm
UserForm = forms.UserChangeForm

TextInput = widgets.UnfoldAdminTextInputWidget
Textarea = widgets.UnfoldAdminTextareaWidget
Select = widgets.UnfoldAdminSelectWidget
Radio = widgets.UnfoldAdminRadioSelectWidget
Checkboxes = widgets.UnfoldAdminCheckboxSelectMultipleWidget
Checkbox = widgets.UnfoldBooleanWidget
Switch = widgets.UnfoldBooleanSwitchWidget
